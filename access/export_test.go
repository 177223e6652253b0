package access

// What the tests examine without a file or an interface between.
var (
	Compile   = compile
	ParseYAML = parseYAML
)

// Table is what a List is compiled to.
type Table = table
