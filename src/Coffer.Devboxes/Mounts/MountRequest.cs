namespace Coffer.Devboxes.Mounts;

/// <summary>Something that is to be in a devbox from its beginning.</summary>
/// <param name="Label">How a refusal names it, such as <c>mounts[0]</c>.</param>
public abstract record MountRequest(string Label, MountPath Path);

/// <summary>An object: a file, or the tree of an archive.</summary>
/// <param name="ObjectId">As it was given; one that cannot be an id names no object.</param>
public sealed record ObjectMountRequest(string Label, string ObjectId, MountPath Path) : MountRequest(Label, Path);

/// <summary>A text that came with the request.</summary>
public sealed record FileMountRequest(string Label, string Content, MountPath Path) : MountRequest(Label, Path);
