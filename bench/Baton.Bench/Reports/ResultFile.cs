// The results of a run as JSON, with the commit and the machine they belong to, and the search for those of earlier runs.
using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Baton.Bench.Cases;

namespace Baton.Bench.Reports;

public static class ResultFile
{
    /// <summary>Writes DIR/DATE-COMMIT.json and returns its name without the ending. What a quick run gives goes where no run looks for
    /// earlier ones.</summary>
    public static string Write(Options options, IReadOnlyList<CaseResult> results, IEnumerable<string> versions)
    {
        DateTime now = DateTime.UtcNow;
        string commit = Machine.Commit();
        var root = new JsonObject
        {
            ["date"] = now.ToString("s") + "Z",
            ["commit"] = commit,
            ["quick"] = options.Quick,
            ["rounds"] = options.Rounds,
            ["seconds"] = options.Seconds,
            ["machine"] = Machine.Describe(),
            ["versions"] = new JsonArray([.. versions.Select(v => JsonValue.Create(v))]),
            ["cases"] = new JsonArray([.. results.Select(Case)]),
        };
        string directory = options.Quick ? options.QuickResults : options.Results;
        Directory.CreateDirectory(directory);
        string name = Path.Combine(directory, $"{now:yyyyMMdd-HHmmss}-{commit}");
        File.WriteAllText(
            name + ".json",
            root.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })
                + "\n"
        );
        return name;
    }

    private static JsonNode Case(CaseResult r)
    {
        var contestants = new JsonObject();
        foreach ((string name, List<Sample> samples) in r.Samples)
            contestants[name] = new JsonObject
            {
                ["median"] = Round(r.Cost(name)),
                ["beside"] = Round(r.Beside(name)),
                ["samples"] = new JsonArray([.. samples.Select(s => JsonValue.Create(Round(s.Cost)))]),
            };
        return new JsonObject
        {
            ["name"] = r.Name,
            ["title"] = r.Title,
            ["unit"] = r.Unit,
            ["beside_unit"] = r.BesideUnit,
            ["contestants"] = contestants,
        };
    }

    private static double Round(double value) => Math.Round(value, 4);

    /// <summary>
    /// The newest earlier result of each case, as Baton's ratio to haproxy, which a slower or faster machine does not move.
    /// A quick run is compared with nothing, and nothing with it.
    /// </summary>
    public static Dictionary<string, KeptRatio> Earlier(Options options)
    {
        var found = new Dictionary<string, KeptRatio>();
        if (options.Quick || !Directory.Exists(options.Results))
            return found;
        foreach (string file in Directory.GetFiles(options.Results, "*.json").OrderDescending(StringComparer.Ordinal))
        {
            try
            {
                JsonNode root = JsonNode.Parse(File.ReadAllText(file))!;
                if ((bool)root["quick"]!)
                    continue;
                foreach (JsonNode? c in root["cases"]!.AsArray())
                {
                    JsonNode of = c!["contestants"]!;
                    if (of["baton"] is { } baton && of["haproxy"] is { } haproxy)
                        found.TryAdd(
                            (string)c["name"]!,
                            new KeptRatio((double)baton["median"]! / (double)haproxy["median"]!, (string)root["commit"]!)
                        );
                }
            }
            catch (Exception e) when (e is JsonException or NullReferenceException or InvalidOperationException)
            {
                Console.Error.WriteLine($"{file} is no result file: {e.Message}");
            }
        }
        return found;
    }
}
