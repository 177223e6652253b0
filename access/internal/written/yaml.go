package written

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/internal/legible"
)

// MaxSize bounds an allow-list file, in bytes.
const MaxSize = 1 << 20

// Parse reads a list in the format that the package's documentation describes. It reports every
// problem it finds, each on a line of its own that starts with name and the number of the line, as
// compilers do. What it accepts, compile accepts. The rules' places are lines.
//
// If the text is not valid YAML, the rest of it is not checked, and the mistake can be some lines above the one
// reported. If characters hide parts of the text, these are the only problems reported.
func Parse(name string, data []byte) ([]Rule, error) {
	p := &Problems{Prefix: name + ":", Unit: "line"}
	var rules []Rule
	if root := parseDocument(data, p); root != nil {
		rules = reader{p}.file(root)
	}
	Check(rules, p)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return rules, nil
}

// parseDocument returns the root of the one document in data, or nil after reporting why there is none.
func parseDocument(data []byte, p *Problems) *yaml.Node {
	if len(data) > MaxSize {
		p.Addf(1, "the file has more than %d bytes, the most there may be", MaxSize)
		return nil
	}
	if faults := legible.InText(data, maxProblems); len(faults) > 0 {
		for _, f := range faults {
			p.Addf(f.Line, "%v", f)
		}
		return nil // the parser would find other lines than the reader of the file
	}
	lines := &lineReader{rest: data}
	decoder := yaml.NewDecoder(lines)
	var first, second yaml.Node
	err := decoder.Decode(&first)
	if err == nil && isNull(first.Content[0]) || errors.Is(err, io.EOF) {
		p.Addf(1, `the file is empty: write "rules: []" to allow nothing`)
		return nil
	}
	if err != nil {
		lines.report(err, p)
		return nil
	}
	switch err := decoder.Decode(&second); {
	case err == nil:
		p.Addf(second.Line, "a second YAML document starts here: an allow-list is one document")
	case !errors.Is(err, io.EOF):
		lines.report(err, p)
	}
	return first.Content[0]
}

// lineReader gives a parser one line at a time and counts them: the parser's own errors often lack a line,
// or name that of the enclosing block.
type lineReader struct {
	rest []byte
	read int
	left []byte // of the current line
}

func (r *lineReader) Read(p []byte) (int, error) {
	if len(r.left) == 0 {
		if len(r.rest) == 0 {
			return 0, io.EOF
		}
		end := bytes.IndexByte(r.rest, '\n') + 1
		if end == 0 {
			end = len(r.rest)
		}
		r.left, r.rest = r.rest[:end], r.rest[end:]
		r.read++
	}
	n := copy(p, r.left)
	r.left = r.left[n:]
	return n, nil
}

// report reports a parser's error where reading stopped, except for a quotation mark that is never
// closed: that stops at the end, and the parser knows where it began. A bare "*" is a common mistake, so it has
// its own message.
func (r *lineReader) report(err error, p *Problems) {
	at := r.read
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		number, message, _ := strings.Cut(rest, ": ")
		text = message
		if line, err := strconv.Atoi(number); err == nil && strings.HasSuffix(text, "end of stream") {
			at = line
		}
	}
	if strings.HasSuffix(text, "alphabetic or numeric character") || strings.HasPrefix(text, "unknown anchor") {
		text = `text that starts with "*", and "*" itself, needs quotes`
	}
	p.Addf(at, "this is not YAML: %s", text)
}
