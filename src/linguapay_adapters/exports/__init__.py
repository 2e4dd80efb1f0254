"""Exports as files: CSV for spreadsheets, Parquet for programs. Both are written as the rows come."""
