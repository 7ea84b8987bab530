"""Pages: who owes us, how old it is, and the account of each debtor."""
