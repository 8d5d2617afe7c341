"""Pictures for posts: taken in, shown to whoever may see the post, and forgotten when no post uses them."""
