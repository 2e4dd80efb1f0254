"""The facts that events carry, under permanent names.

A name, its version and its fields are a contract with whatever was stored: they are compared with golden files. A field
that a later question needs is added under a new version; nothing is renamed. No personal data stands in a fact, only
identifiers. Amounts are minor units of the ``currency`` beside them, or of the payment's.
"""
