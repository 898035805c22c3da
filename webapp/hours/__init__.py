"""Credit toward endorsement: the ledger, awards, rules as data, certificates, transcripts."""
