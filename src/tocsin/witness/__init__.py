"""The witness: follows a server from elsewhere and reports what it withholds, forks or leaves unsaid."""
