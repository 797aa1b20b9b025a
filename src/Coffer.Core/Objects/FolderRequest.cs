using Coffer.Catalog;

namespace Coffer.Objects;

/// <summary>The list that people browse by: one folder, with an offset (Storage API, list version 1).</summary>
public sealed record FolderRequest(string Bucket)
{
    /// <summary>A folder; one that is not empty and lacks its closing slash gets it.</summary>
    public string Folder { get; init; } = "";

    /// <summary>What names in the folder begin with; may hold slashes.</summary>
    public string Search { get; init; } = "";

    public KeySort Sort { get; init; }

    public bool Descending { get; init; }

    public int Offset { get; init; }

    public int Limit { get; init; } = 100;
}

/// <summary>The list that programs page through (Storage API, list version 2).</summary>
public sealed record PageRequest(string Bucket)
{
    public string Prefix { get; init; } = "";

    public bool WithFolders { get; init; }

    public KeySort Sort { get; init; }

    public bool Descending { get; init; }

    public KeyCursor? After { get; init; }

    public int Limit { get; init; } = 1000;
}
