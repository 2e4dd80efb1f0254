"""Receipts and statements on paper: one page that says what stands there, drawn as HTML or as PDF."""
