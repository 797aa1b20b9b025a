using System.Text;

namespace Coffer.Policies;

/// <summary>
/// Patterns of names: <c>*</c> for anything but a slash, <c>**</c> for anything, <c>?</c> for one character but a slash,
/// <c>\</c> before a character that stands for itself. Letter case counts.
/// </summary>
internal sealed class Glob(string pattern)
{
    private const int StackSteps = 256;
    private readonly Step[] _steps = Parse(pattern);

    /// <summary>What every match begins with.</summary>
    public static string Beginning(string pattern)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < pattern.Length && pattern[i] is not ('*' or '?'); i++)
        {
            if (pattern[i] == '\\' && i + 1 < pattern.Length)
            {
                i++;
            }

            literal.Append(pattern[i]);
        }

        return literal.ToString();
    }

    /// <summary>Text with which only the text itself matches.</summary>
    public static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (character is '*' or '?' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(character);
        }

        return escaped.ToString();
    }

    /// <remarks>All places that the pattern may have reached are followed at once: no pattern takes more than its length times the text's.</remarks>
    public bool IsMatch(string text)
    {
        int places = _steps.Length + 1;
        Span<bool> reached = places <= StackSteps ? stackalloc bool[places] : new bool[places];
        Span<bool> next = places <= StackSteps ? stackalloc bool[places] : new bool[places];
        reached.Clear();
        reached[0] = true;
        SkipStars(reached);
        foreach (Rune character in text.EnumerateRunes())
        {
            next.Clear();
            bool anywhere = false;
            for (int i = 0; i < _steps.Length; i++)
            {
                if (!reached[i])
                {
                    continue;
                }

                bool takes = _steps[i].Takes(character);
                if (takes)
                {
                    next[_steps[i].IsStar ? i : i + 1] = true;
                    anywhere = true;
                }
            }

            if (!anywhere)
            {
                return false;
            }

            SkipStars(next);
            Span<bool> before = reached;
            reached = next;
            next = before;
        }

        return reached[_steps.Length];
    }

    private void SkipStars(Span<bool> reached)
    {
        for (int i = 0; i < _steps.Length; i++)
        {
            reached[i + 1] |= reached[i] && _steps[i].IsStar;
        }
    }

    private static Step[] Parse(string pattern)
    {
        Rune[] characters = [.. pattern.EnumerateRunes()];
        var steps = new List<Step>(characters.Length);
        for (int i = 0; i < characters.Length; i++)
        {
            switch (characters[i].Value)
            {
                case '*' when i + 1 < characters.Length && characters[i + 1].Value == '*':
                    steps.Add(new Step(StepKind.AnyRun, default));
                    i++;
                    break;
                case '*':
                    steps.Add(new Step(StepKind.Run, default));
                    break;
                case '?':
                    steps.Add(new Step(StepKind.One, default));
                    break;
                case '\\' when i + 1 < characters.Length:
                    steps.Add(new Step(StepKind.Literal, characters[++i]));
                    break;
                default:
                    steps.Add(new Step(StepKind.Literal, characters[i]));
                    break;
            }
        }

        return [.. steps];
    }

    private enum StepKind
    {
        Literal,
        One,
        Run,
        AnyRun,
    }

    private readonly record struct Step(StepKind Kind, Rune Character)
    {
        public bool IsStar => Kind is StepKind.Run or StepKind.AnyRun;

        public bool Takes(Rune character) => Kind switch
        {
            StepKind.Literal => character == Character,
            StepKind.AnyRun => true,
            _ => character.Value != '/',
        };
    }
}
