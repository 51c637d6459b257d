"""What collectors and hubs of a site share through the database, beside the records."""
