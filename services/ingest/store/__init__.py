"""Every Mongo query of ingest, by what it keeps: keys, rejections, returns."""
