"""Saldo: from Microsoft's bill to the customer's last cent."""
