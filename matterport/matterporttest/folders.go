package matterporttest

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// folderID returns the ID of the folder with this path in an account. Clients cannot compute it, only hand it back.
func folderID(account, path string) string {
	sum := sha256.Sum256([]byte(account + "\x00" + path))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// above returns the paths of a folder and of those that it is in, the top folder last.
func above(path string) []string {
	var paths []string
	for path != "" {
		paths = append(paths, path)
		path = path[:max(strings.LastIndexByte(path, '/'), 0)]
	}
	return append(paths, "")
}

// folderPaths returns the paths of all folders of an account, sorted.
func (s *Server) folderPaths(account string) []string {
	paths := []string{""}
	for _, m := range s.modelsOf(account) {
		paths = append(paths, above(m.Folder)...)
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// mayReadFolders refuses a field that asks for folders, where they are refused.
func (x *execution) mayReadFolders(field *ast.Field) *graphError {
	if x.server.cfg.RefuseFolders && x.asksFor(field, "folders") {
		return errFolders()
	}
	return nil
}

func errFolders() *graphError {
	return fault(codeUnauthorized, "the client may not read folders")
}

func (x *execution) asksFor(field *ast.Field, name string) bool {
	return slices.ContainsFunc(x.collect(field.SelectionSet), func(f *ast.Field) bool { return f.Name == name || x.asksFor(f, name) })
}

func (x *execution) rootFolder() (any, *graphError) { return x.folderAt("") }

func (x *execution) folder(args arguments) (any, *graphError) {
	for _, path := range x.server.folderPaths(x.caller.account) {
		if folderID(x.caller.account, path) == args.text("id") {
			return x.folderAt(path)
		}
	}
	return nil, fault(codeNotFound, "the folder does not exist or is not accessible")
}

func (x *execution) folderAt(path string) (any, *graphError) {
	if err := x.caller.mayView(); err != nil {
		return nil, err
	}
	if x.server.cfg.RefuseFolders {
		return nil, errFolders()
	}
	return x.describeFolder(path), nil
}

func (x *execution) describeFolder(path string) object {
	return object{
		"id":         folderID(x.caller.account, path),
		"name":       path[strings.LastIndexByte(path, '/')+1:],
		"subfolders": func(args arguments) any { return page(args, x.subfolders(path)) },
		"models":     func(args arguments) any { return page(args, x.modelsIn(path, args)) },
	}
}

func (x *execution) subfolders(path string) []object {
	var found []object
	for _, p := range x.server.folderPaths(x.caller.account) {
		if p != "" && above(p)[1] == path {
			found = append(found, x.describeFolder(p))
		}
	}
	return found
}

func (x *execution) modelsIn(path string, args arguments) []object {
	var found []object
	inactive := slices.Contains(args.texts("activationStates"), "inactive")
	for _, m := range x.server.modelsOf(x.caller.account) {
		if m.Folder == path && m.Inactive == inactive {
			found = append(found, x.describe(m))
		}
	}
	return found
}

// foldersOf returns the folders that a space is in.
func (x *execution) foldersOf(m Model) []object {
	var folders []object
	paths := above(m.Folder)
	for i, path := range paths {
		folders = append(folders, object{"id": folderID(x.caller.account, path), "depth": len(paths) - 1 - i})
	}
	return folders
}

// page returns one page of a list, or null for arguments out of range.
func page(args arguments, all []object) any {
	size := args.number("pageSize", defaultPageSize)
	start, ok := 0, true
	if offset, given := args["offset"].(string); given {
		start, ok = parseOffset(offset)
	}
	if !ok || size < 1 || size > maxPageSize {
		return nil
	}
	start = min(start, len(all))
	end := min(start+size, len(all))
	var next any
	if end < len(all) {
		next = formatOffset(end)
	}
	return object{"nextOffset": next, "totalResults": len(all), "results": all[start:end]}
}
