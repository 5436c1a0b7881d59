"""What the example documents and pictures say. All people, companies, places and figures are invented."""
