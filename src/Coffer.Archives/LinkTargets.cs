namespace Coffer.Archives;

/// <summary>Symbolic links of one archive, none of which may lead out of where it is extracted.</summary>
/// <remarks>
/// A link lies in a directory that is one, no link: nothing is made through links. So steps up at the beginning of a target are
/// exact, and the names behind them lead down, perhaps through other links, which obey the same rule. Only a step up behind
/// a name depends on what that name is in the end; such targets are followed once all links are known.
/// </remarks>
internal sealed class LinkTargets(ArchiveLimits limits)
{
    private const int MostFollowed = 40; // as in Linux, where more is an error and leads nowhere
    private const int MostSteps = 20_000_000;
    private readonly Dictionary<string, string> _targets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _winding = new(StringComparer.Ordinal);
    private int _steps;

    /// <exception cref="ArchiveException">UnsafeEntry.</exception>
    public void Add(string path, string target)
    {
        if (target.Length == 0) throw EntryPath.Unsafe(path, "is a link that leads nowhere");
        if (target.Contains('\0', StringComparison.Ordinal)) throw EntryPath.Unsafe(path, "is a link with a NUL in its target");
        if (target.StartsWith('/')) throw EntryPath.Unsafe(path, $"is a link to the absolute path {EntryPath.Shown(target)}");
        if (System.Text.Encoding.UTF8.GetByteCount(target) > limits.PathBytes) throw EntryPath.Unsafe(path, $"is a link of more than {limits.PathBytes} bytes");

        int depth = path.AsSpan().Count('/');
        int climbs = 0;
        bool isWinding = false, hasDescended = false;
        foreach (Range part in target.AsSpan().Split('/'))
        {
            ReadOnlySpan<char> step = target.AsSpan(part);
            if (step is "..")
            {
                isWinding |= hasDescended;
                climbs++;
                if (!hasDescended && climbs > depth) throw LeadsOut(path, target);
            }
            else if (step is not ("" or "."))
            {
                hasDescended = true;
            }
        }

        _targets[path] = target;
        _ = isWinding ? _winding.Add(path) : _winding.Remove(path);
    }

    /// <summary>Where the link of that path leads, as it is written there; null when there is none.</summary>
    public string? Find(string path) => _targets.GetValueOrDefault(path);

    /// <summary>Something else took the place of a link.</summary>
    public void Remove(string path)
    {
        _targets.Remove(path);
        _winding.Remove(path);
    }

    /// <summary>Follows the targets that could not be judged by themselves. Called at the end of the archive.</summary>
    /// <exception cref="ArchiveException">UnsafeEntry, TooLarge.</exception>
    public void CheckWinding()
    {
        foreach (string path in _winding)
        {
            if (!StaysInside(path)) throw LeadsOut(path, _targets[path]);
        }
    }

    private bool StaysInside(string path)
    {
        List<string> place = [.. EntryPath.ParentOf(path).Split('/', StringSplitOptions.RemoveEmptyEntries)];
        Stack<string> ahead = [];
        Push(_targets[path]);
        for (int followed = 0; ahead.TryPop(out string? step);)
        {
            if (++_steps > MostSteps) throw new ArchiveException(ArchiveFault.TooLarge, "the links of the archive are too winding to be followed");
            if (step == "..")
            {
                if (place.Count == 0) return false;
                place.RemoveAt(place.Count - 1);
                continue;
            }

            place.Add(step);
            if (_targets.TryGetValue(string.Join('/', place), out string? target))
            {
                if (++followed > MostFollowed) return true;
                place.RemoveAt(place.Count - 1);
                Push(target);
            }
        }

        return true;

        void Push(string target)
        {
            string[] steps = target.Split('/', StringSplitOptions.RemoveEmptyEntries);
            for (int i = steps.Length - 1; i >= 0; i--)
            {
                if (steps[i] != ".") ahead.Push(steps[i]);
            }
        }
    }

    private static ArchiveException LeadsOut(string path, string target) =>
        EntryPath.Unsafe(path, $"is a link that leads out of the archive, to {EntryPath.Shown(target)}");
}
