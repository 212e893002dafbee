"""What a school can point to: institutions, people, stations, and what parents offer."""
