"""What services offer and need: protocols, results and errors. No implementation lives here."""
