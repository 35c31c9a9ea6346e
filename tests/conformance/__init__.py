"""Files with verdicts that others have stated or recorded, and whether we agree."""
