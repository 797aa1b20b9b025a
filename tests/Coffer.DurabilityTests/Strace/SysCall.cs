using System.Text.RegularExpressions;

namespace Coffer.DurabilityTests.Strace;

/// <summary>One system call as strace saw it.</summary>
/// <param name="Arguments">As printed: descriptors with their paths, texts in quotes and shortened.</param>
/// <param name="Result">-1 with <paramref name="Error"/> set when it failed, and when the process ended in it.</param>
/// <param name="ResultPath">The path behind a descriptor that was returned, else "".</param>
/// <param name="Began">Line at which the call began; with <paramref name="Ended"/> it orders calls of several threads.</param>
/// <param name="Ended">Line at which it ended; its effect lies between the two.</param>
internal sealed partial record SysCall(
    int ThreadId, double Time, string Name, IReadOnlyList<string> Arguments, long Result, string ResultPath, string Error,
    int Began, int Ended)
{
    public bool Succeeded => Result >= 0;

    /// <summary>What the descriptor in the first argument stands for: a path, or <c>TCP:[…]</c>.</summary>
    public string Descriptor => Arguments.Count == 0 ? "" : BehindDescriptor().Match(Arguments[0]).Groups["path"].Value;

    /// <summary>The path in a quoted argument, with the directory descriptor before it where the call has one.</summary>
    public string PathAt(int argument)
    {
        string path = Arguments[argument].Trim('"');
        if (path.StartsWith('/') || argument == 0 || Arguments[argument - 1][0] == '"') return path;
        return Path.Combine(BehindDescriptor().Match(Arguments[argument - 1]).Groups["path"].Value, path);
    }

    public override string ToString() => $"{Name}({string.Join(", ", Arguments)}) in lines {Began}-{Ended}";

    [GeneratedRegex("^[^<\"]*<(?<path>.*?)(\\(deleted\\))?>$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BehindDescriptor();
}
