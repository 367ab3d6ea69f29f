"""The record of every decision and every order."""
