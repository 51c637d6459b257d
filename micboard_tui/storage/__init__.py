"""SQLModel lives here and nowhere else; rows never leave."""
