"""The demo: a school living in a page of phones, its people, its past and its story."""
