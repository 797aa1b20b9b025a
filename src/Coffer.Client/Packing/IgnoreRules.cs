using System.Text;
using System.Text.RegularExpressions;

namespace Coffer.Client;

/// <summary>A list of patterns of paths to leave out; the last one that matches decides.</summary>
/// <remarks>The rules are those of the published npm client, see <see cref="DirectoryUploadOptions"/>.</remarks>
internal sealed class IgnoreRules
{
    public const string DockerIgnore = ".dockerignore";

    private readonly List<(bool TakesBack, Regex Pattern)> _rules = [];

    public IgnoreRules(IEnumerable<string> lines)
    {
        foreach (string line in lines.Select(line => line.Trim()).Where(line => line.Length > 0 && line[0] != '#'))
        {
            bool takesBack = line[0] == '!';
            string pattern = Anchored(takesBack ? line[1..].Trim() : line);
            if (pattern.Length > 0)
            {
                _rules.Add((takesBack, Compile(pattern)));
            }
        }
    }

    /// <summary>Whether something below a directory that is left out may be taken back in.</summary>
    public bool CanTakeBack => _rules.Exists(rule => rule.TakesBack);

    /// <summary>Whether a path, relative and with <c>/</c>, is left out, by itself or through a directory above it.</summary>
    public bool LeavesOut(string path)
    {
        if (_rules.Count > 0 && path == DockerIgnore)
        {
            return true;
        }

        bool isOut = false;
        foreach ((bool takesBack, Regex pattern) in _rules)
        {
            if (isOut == takesBack && MatchesPathOrParent(pattern, path))
            {
                isOut = !takesBack;
            }
        }

        return isOut;
    }

    private static bool MatchesPathOrParent(Regex pattern, string path)
    {
        for (int end = path.IndexOf('/', StringComparison.Ordinal); end >= 0; end = path.IndexOf('/', end + 1))
        {
            if (pattern.IsMatch(path.AsSpan(0, end)))
            {
                return true;
            }
        }

        return pattern.IsMatch(path);
    }

    private static string Anchored(string pattern)
    {
        pattern = pattern.Replace('\\', '/');
        while (pattern.StartsWith("./", StringComparison.Ordinal) || pattern.StartsWith('/'))
        {
            pattern = pattern[(pattern.IndexOf('/', StringComparison.Ordinal) + 1)..];
        }

        return pattern.TrimEnd('/');
    }

    private static Regex Compile(string glob)
    {
        var regex = new StringBuilder(@"\A");
        for (int i = 0; i < glob.Length; i++)
        {
            bool startsSegment = i == 0 || glob[i - 1] == '/';
            if (startsSegment && glob.AsSpan(i).StartsWith("**/"))
            {
                regex.Append("(?:[^/]+/)*");
                i += 2;
            }
            else if (startsSegment && glob.AsSpan(i).SequenceEqual("**"))
            {
                regex.Append(".+");
                i++;
            }
            else if (glob[i] == '[' && Class(glob, i, out int end) is { } characters)
            {
                regex.Append(characters);
                i = end;
            }
            else
            {
                regex.Append(glob[i] switch { '*' => "[^/]*", '?' => "[^/]", var literal => Regex.Escape(literal.ToString()) });
            }
        }

        // Linear time whatever the pattern, so no timeout is needed.
        return new Regex(regex.Append(@"\z").ToString(), RegexOptions.NonBacktracking | RegexOptions.Singleline);
    }

    // A class never matches the slash; without its closing bracket the opening one is a character like any other.
    private static string? Class(string glob, int start, out int end)
    {
        bool isNegated = start + 1 < glob.Length && glob[start + 1] is '!' or '^';
        int first = start + (isNegated ? 2 : 1);
        end = first < glob.Length ? glob.IndexOf(']', first + 1) : -1;
        if (end < 0 || glob.AsSpan(first, end - first).Contains('/'))
        {
            return null;
        }

        string characters = glob[first..end].Replace("[", @"\[", StringComparison.Ordinal)
            .Replace("^", @"\^", StringComparison.Ordinal)
            .Replace("]", @"\]", StringComparison.Ordinal);
        return isNegated ? $"[^/{characters}]" : $"[{characters}]";
    }
}
