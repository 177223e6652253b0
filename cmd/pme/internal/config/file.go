package config

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/go-pme/pme/cmd/pme/internal/config/internal/document"
	"github.com/go-pme/pme/cmd/pme/internal/config/internal/form"
)

// readFile returns what a YAML file says. Without a name there is no file.
func readFile(name string, problems *collector) statements {
	if name == "" {
		return nil
	}
	data, err := readBounded(name)
	if err != nil {
		problems.add(origin{file: name}, "", *form.Wrong("the configuration cannot be read: "+err.Error(), "name a file that this user can read"))
		return nil
	}
	return parseFile(name, data, problems)
}

// readBounded returns the content of a file, or more than document.MaxSize bytes of it. Its error does not name the file.
func readBounded(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, bare(err)
	}
	if !info.Mode().IsRegular() { // opening a pipe would wait for its writer
		return nil, errors.New("it is not a regular file")
	}
	file, err := os.Open(name) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, bare(err)
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, document.MaxSize+1))
	return data, bare(err)
}

// bare returns an error of the file system without the path.
func bare(err error) error {
	if trouble, ok := errors.AsType[*os.PathError](err); ok {
		return trouble.Err
	}
	return err
}

// parseFile returns what the text of a file says.
func parseFile(name string, data []byte, problems *collector) statements {
	f := &fileReader{collector: problems, name: name, dir: filepath.Dir(name), said: statements{}}
	node, wrong := document.Parse(data)
	for _, p := range wrong {
		problems.add(origin{file: name, line: p.Line}, "", p.Fault)
	}
	if node != nil {
		f.section(node, root)
	}
	return f.said
}

// A fileReader turns the nodes of a file into statements.
type fileReader struct {
	*collector
	name, dir string
	said      statements
}

func (f *fileReader) at(n *yaml.Node) origin { return origin{file: f.name, line: max(n.Line, 1)} }

func (f *fileReader) add(n *yaml.Node, path, text, remedy string) {
	f.collector.add(f.at(n), path, *form.Wrong(text, remedy))
}

// section reads the keys of a section.
func (f *fileReader) section(n *yaml.Node, section *part) {
	what, removed := "the section", ", or remove it"
	if section == root {
		what, removed = "the file", ""
	}
	if !f.plain(n, section.path) {
		return
	}
	if n.Kind != yaml.MappingNode {
		f.add(n, section.path, what+" is "+describe(n), "write keys and their values, such as "+section.keys()[0]+": …"+removed)
		return
	}
	lines := map[string]int{}
	for pair := range slices.Chunk(n.Content, 2) {
		f.pair(pair[0], pair[1], section, lines)
	}
}

// pair reads a key of a section, and its value. The lines are those of the keys so far.
func (f *fileReader) pair(key, value *yaml.Node, section *part, lines map[string]int) {
	path := strings.TrimPrefix(section.path+"."+key.Value, ".")
	if !f.plainKey(key, section.path) {
		return
	}
	i := slices.IndexFunc(section.parts, func(p *part) bool {
		return p.key == key.Value || p.isSecret() && p.key+fileSuffix == key.Value
	})
	if i < 0 {
		f.unknown(key, value, section)
		return
	}
	if first := lines[key.Value]; first > 0 {
		f.add(key, path, "the key is there for a second time", "remove it here or in line "+itoa(first))
		return
	}
	lines[key.Value] = key.Line
	p := section.parts[i]
	switch {
	case p.isSection():
		f.said[p] = statement{at: f.at(key)}
		f.section(value, p)
	case p.isSecret():
		f.secret(key, value, p, lines)
	default:
		f.field(value, p)
	}
}

// plainKey reports whether a key is a word.
func (f *fileReader) plainKey(key *yaml.Node, path string) bool {
	switch {
	case key.Kind == yaml.ScalarNode && key.Tag == "!!merge":
		f.add(key, path, "there is a merge key (<<)", "write the keys out")
	case !f.plain(key, path):
	case key.Kind != yaml.ScalarNode:
		f.add(key, path, "a key is "+describe(key), "write a word, a colon and a value")
	default:
		return true
	}
	return false
}

// word is a key that can be quoted: one that a secret which went astray hardly is.
var word = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_.-]{0,39}$`)

// unknown reports a key that a section does not have.
func (f *fileReader) unknown(key, value *yaml.Node, section *part) {
	where := "the file"
	if section != root {
		where = "this section"
	}
	remedy := where + " may have " + strings.Join(section.keys(), ", ")
	near := form.Nearest(key.Value, section.keys())
	if elsewhere := namesakes(key.Value); len(elsewhere) == 1 {
		near = elsewhere[0]
	}
	if near != "" {
		remedy = "did you mean " + near + "?"
	}
	text := "there is an unknown key"
	if near != "" || word.MatchString(key.Value) && !isNull(value) {
		text = "the key " + quote(key.Value) + " is unknown"
	}
	f.add(key, section.path, text, remedy)
}

// namesakes returns the paths of the parts with a key: the key may be in the wrong section.
func namesakes(key string) []string {
	var paths []string
	for p := range root.all() {
		if p.key == key {
			paths = append(paths, p.path)
		}
	}
	return paths
}
