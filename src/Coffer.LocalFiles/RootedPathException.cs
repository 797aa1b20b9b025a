namespace Coffer.LocalFiles;

/// <summary>Why a name in a <see cref="RootedDirectory"/> cannot be used.</summary>
public enum RootedPathReason
{
    Missing,

    /// <summary>It leads out of the directory, or through a link where links are refused or turn in a circle.</summary>
    Escapes,

    /// <summary>A FIFO, a socket or a device.</summary>
    NotRegular,
    IsDirectory,
    NotDirectory,
    Exists,
    NoSpace,

    /// <summary>The permissions of what is there forbid it.</summary>
    Denied,

    /// <summary>Empty, too long, or with a NUL: no file can be called this.</summary>
    BadName,
    Other,
}

/// <summary>A name inside of a directory was refused; the message names it as it was asked for.</summary>
public sealed class RootedPathException(RootedPathReason reason, string message) : IOException(message)
{
    public RootedPathReason Reason { get; } = reason;

    internal static RootedPathException Of(int error, string path)
    {
        (RootedPathReason reason, string words) = error switch
        {
            LinuxFiles.NoEntry => (RootedPathReason.Missing, "there is nothing of this name"),
            LinuxFiles.OtherDevice or LinuxFiles.TooManyLinks => (RootedPathReason.Escapes, "it leads out of its root, or through a link"),
            LinuxFiles.NoReader or LinuxFiles.NoDevice => (RootedPathReason.NotRegular, "it is not a regular file"),
            LinuxFiles.IsDirectory => (RootedPathReason.IsDirectory, "it is a directory"),
            LinuxFiles.NotDirectory => (RootedPathReason.NotDirectory, "a part of it is not a directory"),
            LinuxFiles.Exists or LinuxFiles.NotEmpty => (RootedPathReason.Exists, "there is something of this name already"),
            LinuxFiles.NoSpace or LinuxFiles.QuotaReached => (RootedPathReason.NoSpace, "there is no room for it"),
            LinuxFiles.NoAccess or LinuxFiles.NotPermitted => (RootedPathReason.Denied, "its permissions forbid this"),
            LinuxFiles.NameTooLong => (RootedPathReason.BadName, "the name is too long"),
            _ => (RootedPathReason.Other, LinuxFiles.Words(error)),
        };
        return new(reason, $"{Shown(path)}: {words}");
    }

    internal static RootedPathException Of(RootedPathReason reason, string path, string words) => new(reason, $"{Shown(path)}: {words}");

    /// <summary>Names come from archives and from users: they are shortened, and cannot break a log line.</summary>
    private static string Shown(string path)
    {
        string shown = path.Length <= 200 ? path : path[..200] + "…";
        return string.Create(shown.Length, shown, static (span, from) =>
        {
            for (int at = 0; at < span.Length; at++)
            {
                span[at] = char.IsControl(from[at]) ? '?' : from[at];
            }
        });
    }
}
