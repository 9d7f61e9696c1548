from communities.sight import scope_app

scope_app("communities")
