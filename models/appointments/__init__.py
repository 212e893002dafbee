"""Appointments: home visits in every form, and the mentor's set hour at school. One engine: free time, slots, booking."""
