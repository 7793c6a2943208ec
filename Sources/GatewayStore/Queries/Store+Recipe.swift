import Foundation
import GRDB
public import Workflow

extension Store {
    /// Writes down what this gateway's workers have, at each start, for the operator's commands.
    public func setRecipe(_ recipe: Recipe) throws {
        let text = String(decoding: try JSONEncoder().encode(recipe), as: UTF8.self)
        try write { try Self.set("recipe", text, in: $0) }
    }

    /// What waiting jobs were made for: a worker with another recipe does none of them.
    public func waitingRecipes() throws -> Set<Recipe> {
        try read { database in
            try Row.fetchSet(
                database, sql: "SELECT DISTINCT bundle, settings, precision, software FROM job WHERE state = 'waiting'"
            ).reduce(into: []) { $0.insert(Recipe($1)) }
        }
    }

    /// What the gateway's workers have, or had when it last ran. Before it ever ran: nobody's recipe.
    func recipeInForce(_ lives: Lives) throws -> Recipe {
        guard let text = try Self.value("recipe", in: lives.database) else {
            return Recipe(bundle: "", settings: "", precision: "", software: "")
        }
        guard let recipe = try? JSONDecoder().decode(Recipe.self, from: Data(text.utf8)) else {
            throw StoreError.unreadable(column: "node.value", value: text)
        }
        return recipe
    }
}
