// Writes fields in the typed and in the JSON form, which "show stat" and "show info" share.
using System.Globalization;
using System.Text;

namespace Baton.Control.Cli;

internal static class TypedText
{
    /// <summary>".1:KNS:str:value" and, when asked for, the description in quotes; what stands before it is the caller's.</summary>
    public static void Append(StringBuilder to, TypedField field, string tag, string value, bool describe)
    {
        to.Append('.').Append(field.Name).Append(".1:").Append(tag).Append(':').Append(field.KindText).Append(':').Append(value);
        if (describe)
            to.Append(":\"").Append(field.Description).Append('"');
        to.Append('\n');
    }

    /// <summary>One JSON object; <paramref name="head"/> is what comes first inside it.</summary>
    public static void AppendJson(StringBuilder to, string head, int position, TypedField field, string tag, string value)
    {
        to.Append('{')
            .Append(head)
            .Append(
                CultureInfo.InvariantCulture,
                $"\"field\":{{\"pos\":{position},\"name\":\"{field.Name}\"}},\"processNum\":1,\"tags\":{{\"origin\":\"{Origin(tag[0])}\",\"nature\":\"{Nature(tag[1])}\",\"scope\":\"{Scope(tag[2])}\"}},"
            );
        to.Append("\"value\":{\"type\":\"").Append(field.KindText).Append("\",\"value\":");
        if (field.IsText)
            AppendString(to, value);
        else
            to.Append(value);
        to.Append("}}");
    }

    /// <summary>A text in quotes, as JSON has it.</summary>
    public static void AppendString(StringBuilder to, string text)
    {
        to.Append('"');
        foreach (char c in text)
        {
            if (c is '"' or '\\')
                to.Append('\\').Append(c);
            else if (c < ' ')
                to.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                to.Append(c);
        }
        to.Append('"');
    }

    private static string Origin(char c) =>
        c switch
        {
            'M' => "Metric",
            'S' => "Status",
            'K' => "Key",
            'C' => "Config",
            'P' => "Product",
            _ => "Unknown",
        };

    private static string Nature(char c) =>
        c switch
        {
            'G' => "Gauge",
            'L' => "Limit",
            'm' => "Min",
            'M' => "Max",
            'R' => "Rate",
            'C' => "Counter",
            'D' => "Duration",
            'A' => "Age",
            'T' => "Time",
            'N' => "Name",
            'O' => "Output",
            'a' => "Avg",
            _ => "Unknown",
        };

    private static string Scope(char c) =>
        c switch
        {
            'C' => "Cluster",
            'P' => "Process",
            'S' => "Service",
            's' => "System",
            _ => "Unknown",
        };
}
