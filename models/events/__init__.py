"""The parent class and every other event: from the rota to what was thought of it."""
