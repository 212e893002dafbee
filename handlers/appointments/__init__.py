"""What people say and hear about appointments: home visits in every form, and the mentor's set hour."""
