"""What mentors learn: hours of courses, a short case a week."""
