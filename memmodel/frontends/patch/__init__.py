"""A diff, a mail, an mbox or a range of commits in, patches out; and a patch applied to files that stay as they are."""
