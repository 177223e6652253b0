package config

import (
	"cmp"
	"reflect"
)

// Sources are what a configuration is read from.
type Sources struct {
	// File is the YAML file that is read if neither the flag -config nor the variable PME_CONFIG names one. Default: none.
	File string

	// Env looks a variable up, as os.LookupEnv does. Default: there is no environment.
	Env func(name string) (string, bool)

	// Environ lists the environment, as os.Environ does. An unknown variable that begins with PME_ is a problem. Default: unknown
	// variables are not reported.
	Environ []string

	// Flags are those of [RegisterFlags], after the command line was parsed. Default: none.
	Flags *Flags
}

// Loaded is a configuration that has been read, and where each part of it is from.
type Loaded struct {
	Config Config

	// File is the file that was read. It is empty if there was none.
	File string

	origins map[string]origin // by path, of what was said
}

// Load reads a configuration: flags before the environment, and the environment before the file. It checks the form of each value.
// It does NOT check what the packages check that are given the values, nor that anything is there which is required. It reads the
// files of secrets, but no other file than these and the YAML file.
//
// The error is of type [Problems]: everything that is wrong, wherever it is, even if it is not used because of a flag. It has no
// value of a secret in it.
func Load(from Sources) (*Loaded, error) {
	var problems collector
	if from.Env == nil {
		from.Env = func(string) (string, bool) { return "", false }
	}
	loaded := &Loaded{File: from.file()}
	said := statements{}
	said.add(readFile(loaded.File, &problems))
	said.add(readEnvironment(from.Env, from.Environ, &problems))
	said.add(readFlags(from.Flags, &problems))
	said.withoutPassword()
	loaded.Config = said.config(&problems)
	loaded.origins = said.origins()
	if err := problems.err(); err != nil {
		return nil, err
	}
	return loaded, nil
}

// file returns the name of the file to read.
func (s Sources) file() string {
	flagged := ""
	if s.Flags != nil {
		flagged = s.Flags.File()
	}
	return cmp.Or(flagged, valueOf(s.Env, envFile), s.File)
}

// A statement is a value that a source has for a part, and where it has it.
type statement struct {
	value any // of the type of the field, or one of the two below; nil for a section that is in the file
	at    origin
}

// secretTexts are the values of a secret as they were written. secretFile is the name of the file that has them.
type (
	secretTexts []string
	secretFile  string
)

// statements are what has been said, by part.
type statements map[*part]statement

// add adds statements that come before those so far.
func (s statements) add(others statements) {
	for p, other := range others {
		s[p] = other
	}
}

// config returns the configuration.
func (s statements) config(problems *collector) Config {
	var cfg Config
	for p := range root.all() {
		said, is := s[p]
		if !is {
			continue
		}
		place := p.in(&cfg)
		switch value := said.value.(type) {
		case nil: // the section is there now
		case secretTexts:
			place.Set(reflect.ValueOf(fixed(value)))
		case secretFile:
			place.Set(reflect.ValueOf(p.open(value, said.at, problems)))
		default:
			place.Set(reflect.ValueOf(value))
		}
	}
	return cfg
}

func (s statements) origins() map[string]origin {
	origins := make(map[string]origin, len(s))
	for p, said := range s {
		origins[p.path] = said.at
	}
	return origins
}
