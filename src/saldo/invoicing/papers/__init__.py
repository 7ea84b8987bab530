"""Documents as people and machines read them: PDF/A-3 and UBL, made from `PaperFacts` alone, without a database."""
