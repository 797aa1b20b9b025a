using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Coffer.IntegrationTests.Server;

/// <summary>
/// The part of JSON Schema that the OpenAPI document uses. Stricter in one point: members that a schema does not list are
/// faults, since an undescribed member is what the tests look for. A keyword it does not know is an error of the document.
/// </summary>
internal sealed class JsonSchema(JsonElement root)
{
    public void Check(JsonElement value, JsonElement schema, string where, List<string> faults)
    {
        schema = Resolve(schema);
        foreach (JsonProperty keyword in schema.EnumerateObject())
        {
            switch (keyword.Name)
            {
                case "description" or "title" or "examples" or "default":
                    break;
                case "type":
                    CheckType(value, keyword.Value, where, faults);
                    break;
                case "enum":
                    Expect(keyword.Value.EnumerateArray().Any(word => JsonElement.DeepEquals(word, value)), $"{where} is {value}, not one of {keyword.Value}", faults);
                    break;
                case "const":
                    Expect(JsonElement.DeepEquals(keyword.Value, value), $"{where} is {value}, not {keyword.Value}", faults);
                    break;
                case "required":
                    CheckRequired(value, keyword.Value, where, faults);
                    break;
                case "properties" or "additionalProperties":
                    break; // below: they need each other
                case "items":
                    CheckItems(value, keyword.Value, where, faults);
                    break;
                case "minimum":
                    Expect(value.ValueKind is not JsonValueKind.Number || value.GetDecimal() >= keyword.Value.GetDecimal(), $"{where} is too small", faults);
                    break;
                case "maximum":
                    Expect(value.ValueKind is not JsonValueKind.Number || value.GetDecimal() <= keyword.Value.GetDecimal(), $"{where} is too large", faults);
                    break;
                case "minLength":
                    Expect(value.ValueKind is not JsonValueKind.String || value.GetString()!.Length >= keyword.Value.GetInt32(), $"{where} is too short", faults);
                    break;
                case "maxLength":
                    Expect(value.ValueKind is not JsonValueKind.String || value.GetString()!.Length <= keyword.Value.GetInt32(), $"{where} is too long", faults);
                    break;
                case "pattern":
                    Expect(value.ValueKind is not JsonValueKind.String || Matches(value.GetString()!, keyword.Value.GetString()!), $"{where} does not look like {keyword.Value}", faults);
                    break;
                case "format":
                    CheckFormat(value, keyword.Value.GetString()!, where, faults);
                    break;
                default:
                    throw new NotSupportedException($"the OpenAPI document uses the keyword '{keyword.Name}' at {where}");
            }
        }

        if (value.ValueKind is JsonValueKind.Object)
        {
            CheckMembers(value, schema, where, faults);
        }
    }

    /// <summary>Follows references within the document.</summary>
    public JsonElement Resolve(JsonElement element)
    {
        while (element.TryGetProperty("$ref", out JsonElement reference))
        {
            element = reference.GetString()!.TrimStart('#', '/').Split('/').Aggregate(root, (at, name) => at.GetProperty(name));
        }

        return element;
    }

    private static void Expect(bool condition, string fault, List<string> faults)
    {
        if (!condition)
        {
            faults.Add(fault);
        }
    }

    private static bool Matches(string text, string pattern) => Regex.IsMatch(text, pattern, RegexOptions.ECMAScript, TimeSpan.FromSeconds(1));

    private static void CheckType(JsonElement value, JsonElement type, string where, List<string> faults)
    {
        string[] allowed = type.ValueKind is JsonValueKind.Array ? [.. type.EnumerateArray().Select(word => word.GetString()!)] : [type.GetString()!];
        string actual = value.ValueKind switch
        {
            JsonValueKind.Object => "object",
            JsonValueKind.Array => "array",
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Null => "null",
            _ => value.TryGetInt64(out _) ? "integer" : "number",
        };
        Expect(allowed.Contains(actual) || (actual is "integer" && allowed.Contains("number")), $"{where} is {actual}, not {type}", faults);
    }

    private static void CheckRequired(JsonElement value, JsonElement names, string where, List<string> faults)
    {
        foreach (string name in names.EnumerateArray().Select(name => name.GetString()!))
        {
            Expect(value.ValueKind is not JsonValueKind.Object || value.TryGetProperty(name, out _), $"{where}.{name} is missing", faults);
        }
    }

    private static void CheckFormat(JsonElement value, string format, string where, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.String)
        {
            string text = value.GetString()!;
            bool good = format switch
            {
                "date-time" => text.EndsWith('Z') && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out _),
                "uri" => Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https",
                "uuid" => Guid.TryParse(text, out _),
                _ => throw new NotSupportedException($"the OpenAPI document uses the format '{format}' at {where}"),
            };
            Expect(good, $"{where} is no {format}: {text}", faults);
        }
    }

    private void CheckItems(JsonElement value, JsonElement schema, string where, List<string> faults)
    {
        if (value.ValueKind is JsonValueKind.Array)
        {
            foreach ((int index, JsonElement item) in value.EnumerateArray().Index())
            {
                Check(item, schema, $"{where}[{index}]", faults);
            }
        }
    }

    private void CheckMembers(JsonElement value, JsonElement schema, string where, List<string> faults)
    {
        schema.TryGetProperty("properties", out JsonElement properties);
        schema.TryGetProperty("additionalProperties", out JsonElement others);
        foreach (JsonProperty member in value.EnumerateObject())
        {
            if (properties.ValueKind is JsonValueKind.Object && properties.TryGetProperty(member.Name, out JsonElement described))
            {
                Check(member.Value, described, $"{where}.{member.Name}", faults);
            }
            else if (others.ValueKind is JsonValueKind.Object)
            {
                Check(member.Value, others, $"{where}.{member.Name}", faults);
            }
            else
            {
                Expect(others.ValueKind is JsonValueKind.True, $"{where}.{member.Name} is not described", faults);
            }
        }
    }
}
