"""Work on dossiers: each module is one part of the procedure; ``files`` is what all share."""
