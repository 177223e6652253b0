package access

// Internals that the tests check directly.
var Compile = compile

// ParseYAML reads what is then compiled.
func ParseYAML(name string, data []byte) (List, error) {
	drafts, err := parseYAML(name, data)
	if err != nil {
		return nil, err
	}
	return rules(drafts), nil
}

// Table is what a List is compiled to.
type Table = table
