//! Request, response, timings; the client, redirects, cookies, TLS, limits.
