namespace Coffer.LocalFiles;

/// <summary>What a symbolic link on the way to a name does.</summary>
public enum Links
{
    /// <summary>Followed, as if the directory were the root of the machine: neither a link nor <c>..</c> leads out of it.</summary>
    Follow,

    /// <summary>Refused, as are absolute names and <c>..</c> that lead out. A link at the end is met as a link.</summary>
    Refuse,
}
