using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Something that a devbox finds in its files from the beginning: an <see cref="ObjectMount"/> or a <see cref="FileMount"/>.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "type")]
[JsonDerivedType(typeof(ObjectMount), "object_mount")]
[JsonDerivedType(typeof(FileMount), "file_mount")]
public abstract record DevboxMount
{
    private protected DevboxMount()
    {
    }
}

/// <summary>A complete object of the store: an archive is extracted into a folder, everything else becomes a file.</summary>
/// <remarks>
/// <c>.tar</c>, <c>.tgz</c> and <c>.tar.gz</c> are extracted into <paramref name="ObjectPath"/>, a <c>.gz</c> is unpacked to that file. What
/// counts is the object's content type, and the name where that is <c>unspecified</c>. Source: Devboxes API, object_mount.
/// </remarks>
/// <param name="ObjectId">The object's identifier. It may be any of the account's, and any public one.</param>
/// <param name="ObjectPath">Where it goes, absolute; with a slash at its end a folder in which a file gets the object's name.</param>
public sealed record ObjectMount(string ObjectId, string ObjectPath) : DevboxMount;

/// <summary>A text that becomes a file.</summary>
/// <remarks>Source: Devboxes API, file_mount.</remarks>
/// <param name="Target">The file's path, absolute.</param>
/// <param name="Content">The whole text; may be empty.</param>
public sealed record FileMount(string Target, string Content) : DevboxMount;
