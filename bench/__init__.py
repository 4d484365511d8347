"""Side by side with the floor: what the live stream costs beside the least that an event loop can do."""
