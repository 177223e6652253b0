package access

import "github.com/go-pme/pme/access/internal/written"

// Schema returns a JSON Schema (draft 2020-12) of the file that [OpenFile] reads, for editors. It is made from what the reader
// knows, and is less strict than the reader: a file that it accepts can still be wrong, such as one with an unknown
// time zone.
func Schema() []byte { return written.Schema() }
