"""Beats that go on: what follows a primer of any length."""
