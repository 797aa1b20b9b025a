using Coffer.Archives;
using Coffer.Objects;

namespace Coffer.Devboxes.Mounts;

/// <summary>How an object appears in a devbox.</summary>
internal enum MountForm
{
    /// <summary>A file with exactly its bytes.</summary>
    File,

    /// <summary>A file with what its bytes unpack to.</summary>
    UnpackedFile,

    /// <summary>A tree, from a tar archive.</summary>
    Tar,

    /// <summary>A tree, from a compressed tar archive.</summary>
    TarGzip,
}

/// <summary>Decides it: what the object was declared to be counts, and where nothing was, its name together with how it begins.</summary>
internal static class MountForms
{
    /// <param name="start">Reads the beginning of the object's bytes, <see cref="ArchiveProbe.Bytes"/> of them.</param>
    public static MountForm Of(StoredObject found, Func<ReadOnlyMemory<byte>> start) => found.Class switch
    {
        ContentClass.Tgz => MountForm.TarGzip,
        ContentClass.Tar => MountForm.Tar,
        ContentClass.Gzip => IsNamedTgz(found.Name) || ArchiveProbe.KindOf(start().Span) is ArchiveKind.TarGzip ? MountForm.TarGzip : MountForm.UnpackedFile,
        ContentClass.Unspecified => OfName(found.Name, start),
        _ => MountForm.File,
    };

    private static MountForm OfName(string name, Func<ReadOnlyMemory<byte>> start)
    {
        bool isTar = name.EndsWith(".tar", StringComparison.OrdinalIgnoreCase);
        bool isGzip = IsNamedTgz(name) || name.EndsWith(".gz", StringComparison.OrdinalIgnoreCase);
        ArchiveKind? kind = isTar || isGzip ? ArchiveProbe.KindOf(start().Span) : null;
        return (kind, isTar) switch
        {
            (ArchiveKind.Tar, true) => MountForm.Tar,
            (ArchiveKind.TarGzip, false) => MountForm.TarGzip,
            (ArchiveKind.Gzip, false) => IsNamedTgz(name) ? MountForm.TarGzip : MountForm.UnpackedFile,
            _ => MountForm.File,
        };
    }

    private static bool IsNamedTgz(string name) =>
        name.EndsWith(".tar.gz", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tgz", StringComparison.OrdinalIgnoreCase);
}
