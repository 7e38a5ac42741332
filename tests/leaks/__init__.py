"""The leak test: whatever the schema offers is asked by everybody, and what appears is what that person may see."""
