"""May this version go to staging? Every entry criterion answered YES or NO by evidence; no evidence is a NO."""
