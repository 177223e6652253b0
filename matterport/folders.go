package matterport

import (
	"context"
	_ "embed" // for the operations' texts
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// These bound the tree of folders. An answer that goes beyond them is an error.
const (
	maxFolders     = 10_000
	maxFolderCalls = 200
	foldersInCall  = 6 // levels that one call reads, as the operations' texts have them
	maxSubfolders  = 1000
)

var (
	//go:embed operations/rootFolder.graphql
	rootFolderText string
	//go:embed operations/folder.graphql
	folderText string

	topFolder = operation{name: "rootFolder", root: "rootFolder", text: rootFolderText, limit: maxModelPage}
	oneFolder = operation{name: "folder", root: "folder", text: folderText, limit: maxModelPage}
)

// Folder is one of the account's folders.
type Folder struct {
	// ID is the folder's ID.
	ID string

	// Parent is the ID of the folder that it is in. It is empty for the top folder.
	Parent string

	// Path are the names of the folders from the account's top folder to this one. It is empty for the top folder.
	Path []string
}

// Folders returns all folders of the account, the top folder first, and each after the one that it is in. organization is the
// account's ID at Matterport, or empty for the account of the credentials. One call reads six levels; each folder of the sixth
// level is then asked for what is below it.
//
// Folders belong to Matterport's Enterprise extension. Whether the credentials may read them is not documented: expect
// [ErrUnauthorized]. A tree of more than 10,000 folders, a folder of 1,000 subfolders, or one that takes more than 200 calls is an error.
func (c *Client) Folders(ctx context.Context, organization string) ([]Folder, error) {
	t := folderTree{ids: make(map[string]bool)}
	vars := variables{}
	if organization != "" {
		vars["organization"] = organization
	}
	if err := t.read(ctx, c.call, topFolder, vars, Folder{}); err != nil {
		return nil, err
	}
	for calls := 1; len(t.deep) > 0; calls++ {
		if calls == maxFolderCalls {
			return nil, &Error{Op: oneFolder.name, Message: fmt.Sprintf("the tree of folders takes more than %d calls", calls), Err: ErrMalformed}
		}
		parent := t.deep[0]
		t.deep = t.deep[1:]
		if err := t.read(ctx, c.call, oneFolder, variables{"id": parent.ID}, parent); err != nil {
			return nil, err
		}
	}
	return t.folders, nil
}

// folderTree is what has been read of the tree.
type folderTree struct {
	folders []Folder
	ids     map[string]bool
	deep    []Folder // of which the subfolders have not been asked for
}

type folderJSON struct {
	ID         string  `json:"id"`
	Name       *string `json:"name"`
	Subfolders *struct {
		Results []folderJSON `json:"results"`
	} `json:"subfolders"`
}

// read reads the top folder, or what is below parent.
func (t *folderTree) read(ctx context.Context, call caller, op operation, vars variables, parent Folder) error {
	before := folderTree{t.folders, maps.Clone(t.ids), t.deep}
	above := parent
	return call(ctx, op, vars, func(result json.RawMessage, _ time.Time) string {
		parent := above
		*t = folderTree{before.folders, maps.Clone(before.ids), before.deep} // an answer before this one was not accepted
		var top folderJSON
		switch err := json.Unmarshal(result, &top); {
		case err != nil || top.ID == "":
			return "the folder has no ID, or is not in the documented form"
		case parent.ID != "" && top.ID != parent.ID:
			return "the answer is not the folder that was asked for"
		case parent.ID == "":
			parent = Folder{ID: top.ID}
			t.ids[top.ID] = true
			t.folders = append(t.folders, parent)
		}
		return t.below(top, parent, foldersInCall)
	})
}

// below takes in what is below a folder, of which this many levels were asked for.
func (t *folderTree) below(read folderJSON, parent Folder, levels int) (problem string) {
	if levels == 0 {
		t.deep = append(t.deep, parent)
		return ""
	}
	if read.Subfolders == nil || read.Subfolders.Results == nil || len(read.Subfolders.Results) >= maxSubfolders {
		return fmt.Sprintf("a folder has no list of subfolders, or %d of them", maxSubfolders)
	}
	for _, sub := range read.Subfolders.Results {
		switch {
		case sub.ID == "" || sub.Name == nil:
			return "a folder has no ID or no name"
		case t.ids[sub.ID]:
			return "a folder is in the tree twice"
		case len(t.folders) == maxFolders:
			return fmt.Sprintf("the account has more than %d folders", maxFolders)
		}
		t.ids[sub.ID] = true
		folder := Folder{ID: sub.ID, Parent: parent.ID, Path: append(parent.Path[:len(parent.Path):len(parent.Path)], *sub.Name)}
		t.folders = append(t.folders, folder)
		if problem := t.below(sub, folder, levels-1); problem != "" {
			return problem
		}
	}
	return ""
}
