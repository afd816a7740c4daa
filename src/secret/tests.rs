//! No secret is found in any form after the mask, however the text is cut; other text passes unchanged.
